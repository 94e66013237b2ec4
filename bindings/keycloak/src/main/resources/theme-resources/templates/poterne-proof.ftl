<#import "template.ftl" as layout>
<#import "poterne-parts.ftl" as parts>
<#assign heading = (poterne.what == "phone")?then("poterne.replace.title", "poterne.recovery.title")>
<#global title = parts.title(heading)>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg(heading)}
  <#elseif section = "form">
    <div class="pf-v5-u-mt-md">
    <@parts.error/>
    <p class="pf-v5-u-mb-md">${msg((poterne.what == "phone")?then("poterne.replace.text", "poterne.recovery.new_text"))}</p>
    <@parts.form step="proof">
      <@parts.devices/>
      <@parts.code label=msg("poterne.replace.code")/>
      <@parts.submit label=msg((poterne.what == "phone")?then("poterne.replace.start", "poterne.recovery.new"))/>
    </@parts.form>
    <div class="pf-v5-u-mt-md">
      <@parts.form step="cancel"><@parts.submit id="poterne-back" second=true label=msg("poterne.account.back")/></@parts.form>
    </div>
    </div>
  </#if>
</@layout.registrationLayout>
