<#import "template.ftl" as layout>
<#import "poterne-parts.ftl" as parts>
<#global title = parts.title(poterne.title)>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg(poterne.title)}
  <#elseif section = "form">
    <div class="pf-v5-u-mt-md">
    <@parts.error/>
    <@parts.notices/>
    <#if (poterne.text!"")?has_content><p id="poterne-text">${msg(poterne.text)}</p></#if>
    <#if (poterne.button!"")?has_content>
      <@parts.form step=poterne.step>
        <@parts.submit label=msg(poterne.button)/>
      </@parts.form>
    <#else>
      <p class="pf-v5-u-mt-md"><a href="${url.loginRestartFlowUrl}">${msg("poterne.code.other_user")}</a></p>
    </#if>
    </div>
  </#if>
</@layout.registrationLayout>
