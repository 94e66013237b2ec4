<#import "template.ftl" as layout>
<#import "poterne-parts.ftl" as parts>
<#global title = parts.title("poterne.recovery.title")>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("poterne.recovery.title")}
  <#elseif section = "form">
    <div class="pf-v5-u-mt-md">
    <@parts.notices/>
    <#if poterne.codes?has_content>
      <p>${msg("poterne.recovery.text")}</p>
      <ol id="poterne-recovery" class="${properties.kcListClass!} pf-v5-u-my-md" style="font-family:monospace;font-size:1.125rem;columns:2 12rem">
        <#list poterne.codes as code><li>${code}</li></#list>
      </ol>
    <#else>
      <p id="poterne-gone" role="status" class="pf-v5-u-mb-md">${msg("poterne.recovery.gone")}</p>
    </#if>
    <@parts.form step=poterne.step>
      <@parts.submit id="poterne-kept" label=msg((poterne.codes?has_content || poterne.canBeNew)?then("poterne.recovery.kept", "poterne.account.continue"))/>
    </@parts.form>
    <#if !poterne.codes?has_content && poterne.canBeNew>
      <@parts.form step=poterne.step>
        <p class="pf-v5-u-mt-md">${msg("poterne.recovery.new_text")}</p>
        <input type="hidden" name="new-recovery" value="1">
        <@parts.submit id="poterne-new-recovery" second=true label=msg("poterne.recovery.new")/>
      </@parts.form>
    </#if>
    </div>
  </#if>
</@layout.registrationLayout>
