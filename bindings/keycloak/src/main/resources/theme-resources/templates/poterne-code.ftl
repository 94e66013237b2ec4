<#import "template.ftl" as layout>
<#import "poterne-parts.ftl" as parts>
<#global title = parts.title("poterne.code.title")>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("poterne.code.title")}
  <#elseif section = "form">
    <div class="pf-v5-u-mt-md">
    <@parts.error/>
    <@parts.form step="code">
      <@parts.devices/>
      <@parts.code label=msg("poterne.code.label") hint=msg("poterne.code.hint")/>
      <@parts.submit label=msg("poterne.code.submit")/>
    </@parts.form>
    <p class="pf-v5-u-mt-md">${msg("poterne.code.help")}</p>
    <p class="pf-v5-u-mt-sm"><a href="${url.loginRestartFlowUrl}">${msg("poterne.code.other_user")}</a></p>
    </div>
  </#if>
</@layout.registrationLayout>
